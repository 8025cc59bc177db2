"""A web site on loopback with a set of invented cards, in the structure of the real sites and in our own words.

`cards` has the cards, `pages` writes them as each site would, `server` serves them, well or with every kind of trouble.
`python -m tests.scrape_site` serves them to whoever wants to try `specc scrape` without the internet.
"""
