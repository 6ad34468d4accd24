"""The GraphiQL page: a query editor whose tabs tell a story, served without any other host where its files are there.

`page.py` renders the page, `serving.py` answers with it, `assets.py` knows GraphiQL's pinned files, `story_tabs.py`
reads the story's tabs, `story.py` plays them without a browser, `bundle.py` copies the files into the wheel and pins
new ones.
"""
