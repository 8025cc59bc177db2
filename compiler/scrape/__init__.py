"""From web pages to rows of a specification.

`crawl` fetches pages into a store of snapshots (`snapshots`), politely (`polite`) and guarded (`guard`, `bounded`).
`extract` reads snapshots, and nothing else, through adapters (`site`, `page`), which live beside their game.
`reconcile` merges what several sites say of one thing; `rows` writes it into rules; `statements` keeps rules pages.
"""
