"""Characters of the symbol fonts, whose codes say nothing without the font: ticks, boxes, Greek letters."""

from __future__ import annotations

__all__ = ["symbol"]

_BULLET = "·"
_FONTS = {
    "wingdings": {0xFE: "☑", 0xFD: "☒", 0xA8: "☐", 0x6F: "☐", 0x71: "☐", 0xFC: "✓", 0xFB: "✗", 0x78: "☒", 0xE0: "→",
                  0xF0: "⇨", 0xDF: "←", 0xE1: "↑", 0xE2: "↓", 0x6E: "■", 0x6C: "●", 0xA1: "○", 0x75: "◆", 0x76: "❖",
                  0xD8: "➢", 0x28: "☎", 0x2A: "✉", **{0x81 + i: chr(0x2460 + i) for i in range(10)}},
    "wingdings 2": {0x52: "☑", 0x53: "☒", 0x54: "☒", 0xA3: "☐", 0x2A: "☐", 0x50: "✓", 0x4F: "✗", 0x51: "☒",
                    **{0x6A + i: chr(0x2460 + i) for i in range(10)}},
    "symbol": {**{0x41 + i: char for i, char in enumerate("ΑΒΧΔΕΦΓΗΙϑΚΛΜΝΟΠΘΡΣΤΥςΩΞΨΖ")},
               **{0x61 + i: char for i, char in enumerate("αβχδεφγηιϕκλμνοπθρστυϖωξψζ")},
               0xA3: "≤", 0xB3: "≥", 0xB1: "±", 0xB4: "×", 0xB8: "÷", 0xB0: "°", 0xB9: "≠", 0xBB: "≈", 0xA5: "∞",
               0xAE: "→", 0xAC: "←", 0xD6: "√", 0xE5: "∑", 0xF2: "∫", 0xB6: "∂", 0xB7: "·", 0xC5: "⊕", 0xCE: "∈",
               0x2D: "−", 0x25: "%", 0x2B: "+", 0x3D: "=", 0x3C: "<", 0x3E: ">", 0xA2: "′", 0xB2: "″"},
}  # fmt: skip
_PRIVATE = range(0xF000, 0xF100)


def symbol(code: int, font: str | None) -> str:
    """The character that a code stands for in a font; a dot for one that is not known here.

    Word writes codes of symbol fonts in the private area of Unicode, from U+F000 on.
    """
    if code not in _PRIVATE and code >= 0x100:
        return chr(code)
    code &= 0xFF
    known = _FONTS.get((font or "").lower())
    if known is None and font is not None and "dings" not in font.lower():
        return chr(code)
    return (known or {}).get(code, _BULLET if known is None or code not in range(0x30, 0x3A) else chr(code))
