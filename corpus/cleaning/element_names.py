"""What the names of a page's elements say of what is in them: the article, comments, what stands around it."""

from __future__ import annotations

import re

from corpus.cleaning.markup import Element

__all__ = ["asks_consent", "named_around", "named_article", "named_body", "named_comments"]

_CONSENT = ("cookie", "consent", "gdpr")
_AROUND = re.compile(
    r"(?:^|[-_\s])(?:foot(?:er)?|copyright|nav(?:bar|igation)?|menu|side(?:bar)?|related|relat\w*|recommend\w*"
    r"|share|bdshare\w*|bread\w*|crumbs?|login|search|tags?|pager|pagination|rank\w*|hot\w*|links?|toolbar|topbar|banner|advert\w*|sponsor|disclaimer"
    r"|friendlink|header|recommand\w*|keywords?|message|guestbook)(?:$|[-_\s\d])",
    re.IGNORECASE,
)
_ARTICLE = re.compile(
    r"(?:article|entry|post|news|story|text|main|page|rich_media|single)[-_]?(?:body|content|text|cont|main|area|detail|zoom)|(?:content|detail)[-_]?(?:text|body|main|article|area|detail|cont|zw)"
    r"|^(?:content|article|artibody|endtext|zoom|ozoom|fontzoom|js_content|detail|post|story|text)$|(?:trs|ucap)[-_]?(?:editor|content)|custom_unionstyle|vsb_content|founder-content|rwb_zw|正文",
    re.IGNORECASE,
)
_BODIES = frozenset(
    ("entry-content", "post-content", "post-body", "article-body", "article-content", "hentry", "type-post")
)
_ARTICLE_TAGS = frozenset(("article", "main", "founder-content"))
_COMMENTS = re.compile(
    r"comment(?!ary|at|ed|ing)|kommentar|(?:^|[-_\s])(?:repl(?:y|ies)|pinglun|respond)(?:$|[-_\s\d])",
    re.IGNORECASE,
)
_AROUND_TAGS = frozenset(("nav", "footer", "aside", "menu"))


def named_around(element: Element) -> bool:
    """Whether it stands around the article: a menu, a side bar, a box of links."""
    names = f"{element.attributes.get('class', '')} {element.attributes.get('id', '')}"
    if element.tag in _AROUND_TAGS or _COMMENTS.search(names):
        return True
    return bool(_AROUND.search(names)) and not named_body(element)


def named_body(element: Element) -> bool:
    """Whether its page says that the article is in it, whatever tags and categories it names besides."""
    return (
        element.tag == "article"
        or element.attributes.get("itemprop") == "articleBody"
        or not _BODIES.isdisjoint(element.attributes.get("class", "").lower().split())
    )


def asks_consent(element: Element) -> bool:
    """Whether it is the banner about cookies, which may hold more words than a short notice."""
    names = f"{element.attributes.get('class', '')} {element.attributes.get('id', '')}".lower()
    return element.tag not in ("html", "body") and any(word in names for word in _CONSENT)


def named_comments(element: Element) -> bool:
    """Whether readers' comments are in it."""
    return bool(_COMMENTS.search(f"{element.attributes.get('class', '')} {element.attributes.get('id', '')}"))


def named_article(element: Element) -> bool:
    """Whether the article may be in it, as far as a name tells."""
    names = (*element.attributes.get("class", "").split(), element.attributes.get("id", ""))
    return (
        element.tag in _ARTICLE_TAGS
        or element.attributes.get("itemprop") == "articleBody"
        or any(_ARTICLE.search(name) for name in names)
    )
