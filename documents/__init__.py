"""Papers for customers: PDF made from frozen dataclasses. Nothing here reads a database, a setting or the time.

invoices     an invoice as a paper
credit_notes a credit note as a paper
quotes       a quote as a paper
letters      what papers have in common: head, parties, lines with running totals, sums, notes
sheets       the flow of content over pages
wording      what papers say, in the languages that they speak
figures      dates and amounts as a locale writes them
paragraphs   texts cut into lines
setting      a line of text as glyphs in visual order
bidi         which parts of a text run from right to left
cleaning     hostile texts made harmless
typefaces    the fonts, and which of them has a character
pdf          the file: pages, glyphs, and subsets of the fonts
"""
