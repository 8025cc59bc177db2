"""What import-linter cannot see: which packages are loaded at run time, by us or by what we use."""

import subprocess
import sys

from compiler.paths import ROOT

IMPORT_ALL_BUT_JAX_USERS = """
import importlib, pkgutil, sys

MAY_USE_JAX = {"compiler.backends.jax", "compiler.bench", "compiler.conformance", "compiler.rl"}

def load(name):
    if name in MAY_USE_JAX or name.endswith("__main__"):
        return
    module = importlib.import_module(name)
    for child in pkgutil.iter_modules(getattr(module, "__path__", ())):
        load(f"{name}.{child.name}")

load("compiler")
assert "compiler.manifest" in sys.modules
print(sorted({name.partition(".")[0] for name in sys.modules} & {"jax", "jaxlib", "pgx", "flax"}))
"""


def test_importing_the_front_end_loads_no_jax() -> None:
    run = subprocess.run(
        [sys.executable, "-c", IMPORT_ALL_BUT_JAX_USERS], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert run.returncode == 0, run.stderr
    assert run.stdout.strip() == "[]"
