"""Judges the XML files of a built registry: feeds by feedparser and RFC 4287, sitemaps by sitemaps.org, OpenSearch descriptions and badges.

    python judge.py <public folder>

Exits with 1 and says what is wrong; the last line counts what was looked at.
"""

import re
import sys
from pathlib import Path
from urllib.parse import unquote, urlsplit
from xml.etree import ElementTree

import feedparser

ATOM = "{http://www.w3.org/2005/Atom}"
SITEMAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
SEARCH = "{http://a9.com/-/spec/opensearch/1.1/}"
SVG = "{http://www.w3.org/2000/svg}"
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
VERDICTS = {"breaking", "feature", "fix", "none"}

root = Path(sys.argv[1])
wrong = []


def target(address, base):
    """Returns the file that an absolute address of the registry leads to."""
    if not address.startswith(base + "/"):
        return None
    path = unquote(urlsplit(address).path)[len(urlsplit(base).path) + 1 :]
    return root / (path or "index.html")


def feed(path, tree, say):
    url = tree.findtext(f"{ATOM}id")
    own = tree.find(f"{ATOM}link[@rel='self']").get("href")
    relative = path.relative_to(root).as_posix()
    base = own.removesuffix("/" + relative)
    if not own.endswith("/" + relative):
        say(f"its own link is {own}")
    if not url.startswith(base):
        say(f"its id is {url}")
    parsed = feedparser.parse(path.read_bytes())
    if parsed.bozo:
        say(f"feedparser: {parsed.bozo_exception}")
    if parsed.version != "atom10":
        say(f"feedparser takes it for {parsed.version!r}")
    entries = tree.findall(f"{ATOM}entry")
    if len(parsed.entries) != len(entries):
        say(f"feedparser finds {len(parsed.entries)} of {len(entries)} entries")
    ids = [entry.findtext(f"{ATOM}id") for entry in entries]
    if len(set(ids)) != len(ids):
        say("two entries have one id")
    times = [entry.findtext(f"{ATOM}updated") for entry in entries]
    if times != sorted(times, reverse=True):
        say("the newest entry is not first")
    for element in [tree, *entries]:
        for name in ["id", "title", "updated"]:
            if not (element.findtext(ATOM + name) or "").strip():
                say(f"an element has no {name}")
        if not TIME.fullmatch(element.findtext(f"{ATOM}updated") or ""):
            say(f"{element.findtext(ATOM + 'updated')!r} is no time")
        for link in element.findall(f"{ATOM}link"):
            file = target(link.get("href"), base)
            if not file or not file.is_file():
                say(f"{link.get('href')} leads nowhere")
    for entry in entries:
        if not entry.findtext(f"{ATOM}author/{ATOM}name"):
            say("an entry has no author")
        if entry.find(f"{ATOM}link[@rel='alternate']") is None:
            say("an entry has no page")
        for category in entry.findall(f"{ATOM}category"):
            if category.get("term") not in VERDICTS:
                say(f"{category.get('term')} is no verdict")


def sitemap(path, tree, say):
    parts, pages = tree.findall(f"{SITEMAP}sitemap"), tree.findall(f"{SITEMAP}url")
    if len(pages) > 50_000 or path.stat().st_size > 50 * 1024 * 1024:
        say("it is too large")
    found = [one.findtext(f"{SITEMAP}loc") for one in parts + pages]
    if len(set(found)) != len(found):
        say("it names an address twice")
    base = found[0].rsplit("/", 1)[0]
    for address in found:
        file = target(address, base)
        if not file or not file.is_file():
            say(f"{address} leads nowhere")


def search(path, tree, say):
    if not 0 < len(tree.findtext(f"{SEARCH}ShortName")) <= 16:
        say("its short name is not 1 to 16 characters long")
    templates = [one.get("template") for one in tree.findall(f"{SEARCH}Url") if one.get("type") == "text/html"]
    if len(templates) != 1 or "{searchTerms}" not in templates[0]:
        say(f"its templates are {templates}")


def badge(path, tree, say):
    allowed = {SVG + name for name in ["svg", "title", "clipPath", "rect", "path", "g", "text"]}
    found = {element.tag for element in tree.iter()}
    if found - allowed:
        say(f"it has {found - allowed}")
    if not tree.findtext(f"{SVG}title") or tree.get("aria-label") != tree.findtext(f"{SVG}title"):
        say("it has no name")
    if {name for element in tree.iter() for name in element.attrib if name.startswith("on") or "href" in name or name == "style"}:
        say("it has attributes that do something")


kinds = [(r"(.*/)?feed\.xml", feed), (r"sitemap(-\d+)?\.xml", sitemap), (r"opensearch\.xml", search), (r".*/badges/[a-z]+\.svg", badge)]
looked = 0
for path in sorted([*root.rglob("*.xml"), *root.rglob("*.svg")]):
    relative = path.relative_to(root).as_posix()
    kind = next((judge for pattern, judge in kinds if re.fullmatch(pattern, relative)), None)
    if kind is None or "/files/" in relative:
        continue
    looked += 1
    try:
        kind(path, ElementTree.parse(path).getroot(), lambda what: wrong.append(f"{relative}: {what}"))
    except (ElementTree.ParseError, AttributeError, IndexError, TypeError) as error:
        wrong.append(f"{relative}: {error!r}")
for what in wrong:
    print(what)
print(f"{looked} files, {len(wrong)} faults")
sys.exit(1 if wrong or not looked else 0)
