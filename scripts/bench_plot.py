"""The plot of `make bench`: CPU per request by server as bars, on a logarithmic scale, for light and dark pages."""

from __future__ import annotations

import math
from html import escape
from statistics import median
from typing import TYPE_CHECKING, Any

from bench_page import TITLES, micros

if TYPE_CHECKING:
    from collections.abc import Mapping

_WIDTH, _LEFT, _RIGHT = 760, 270, 70
_ROW, _HEAD, _FOOT = 26, 44, 30
_STYLE = """\
text { font: 13px sans-serif; fill: #1f2328 }
.title { font-size: 15px; font-weight: bold }
.axis { stroke: #8c959f; stroke-width: 1; opacity: .5 }
.bar { fill: #8c959f }
.ours { fill: #1f6feb }
.spread { stroke: #1f2328; stroke-width: 1.5 }
@media (prefers-color-scheme: dark) {
text { fill: #e6edf3 }
.spread { stroke: #e6edf3 }
.ours { fill: #58a6ff }
}"""


def plot(measured: Mapping[str, Any]) -> str:
    """An SVG picture of the first operation that was measured: each median, and a line from least to most."""
    operation = measured["operations"][0]
    found = [(server, costs) for server in measured["servers"] if (costs := micros(server, operation))]
    low, high = _ends([cost for _, costs in found for cost in costs])

    def place(cost: float) -> float:
        return _LEFT + (_WIDTH - _LEFT - _RIGHT) * math.log10(max(cost, low) / low) / math.log10(high / low)

    height = _HEAD + _ROW * len(found) + _FOOT
    title = f"CPU per request, {TITLES[operation]}, microseconds (logarithmic; less is better)"
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {height}" role="img"',
        f' aria-label="{escape(title)}">',
        f"<style>{_STYLE}</style>",
        f'<text class="title" x="8" y="22">{escape(title)}</text>',
    ]
    mark = low
    while mark <= high:
        x = place(mark)
        lines.append(f'<line class="axis" x1="{x:.1f}" x2="{x:.1f}" y1="{_HEAD - 8}" y2="{height - _FOOT}"/>')
        lines.append(f'<text x="{x:.1f}" y="{height - 10}" text-anchor="middle">{mark:,.0f}</text>')
        mark *= 10
    for number, (server, costs) in enumerate(found):
        y = _HEAD + _ROW * number
        middle, least, most = median(costs), place(min(costs)), place(max(costs))
        kind = "bar ours" if server["name"].startswith("mock-") else "bar"
        lines += [
            f'<text x="{_LEFT - 8}" y="{y + 13}" text-anchor="end">{escape(server["title"])}</text>',
            f'<rect class="{kind}" x="{_LEFT}" y="{y}" width="{place(middle) - _LEFT:.1f}" height="18"/>',
            f'<line class="spread" x1="{least:.1f}" x2="{most:.1f}" y1="{y + 9}" y2="{y + 9}"/>',
            f'<text x="{most + 6:.1f}" y="{y + 13}">{middle:,.0f}</text>',
        ]
    return "\n".join([*lines, "</svg>"]) + "\n"


def _ends(costs: list[float]) -> tuple[float, float]:
    """The powers of ten around all costs."""
    if not costs:
        return 10.0, 100.0
    low = 10 ** math.floor(math.log10(max(min(costs), 1)))
    return float(low), float(max(10 ** math.ceil(math.log10(max(*costs, 1))), low * 10))
