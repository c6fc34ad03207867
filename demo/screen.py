# SPDX-License-Identifier: BSD-3-Clause
"""What the demonstration prints."""
import sys

from hosts import ENDS, PICTURE, expected

_COLOURS = {"bold": "1", "dim": "2", "red": "31;1", "green": "32", "cyan": "36"}
_ASCII = str.maketrans({"│": "|", "┌": "+", "┐": "+", "└": "+", "┘": "+", "─": "-", "━": "=",
                        "┴": "+", "┬": "+", "┯": "+", "┼": "|", "·": ",", "…": "..."})


class Screen:
    """Text for people: in colour on a terminal, in ASCII where the locale has nothing else."""

    def __init__(self):
        self.tty = sys.stdout.isatty()
        self.unicode = "utf" in (sys.stdout.encoding or "").lower()

    def paint(self, text, colour):
        return f"\033[{_COLOURS[colour]}m{text}\033[0m" if self.tty and colour else text

    def line(self, text="", colour=None):
        if not self.unicode:
            text = text.translate(_ASCII)
        print(self.paint(text, colour), flush=True)

    def title(self, text):
        self.line()
        self.line(text, "bold")

    def picture(self):
        self.line()
        self.line(PICTURE, "cyan")

    def table(self, head, rows, right=()):
        """Aligned columns; @right are the indices of those that hold numbers."""
        widths = [max(len(str(row[i])) for row in [head] + rows) for i in range(len(head))]

        def text(row):
            cells = [str(c).rjust(w) if i in right else str(c).ljust(w)
                     for i, (c, w) in enumerate(zip(row, widths))]
            return "  " + "  ".join(cells).rstrip()

        self.line(text(head), "dim")
        for row in rows:
            self.line(text(row))

    def matrix(self, reached, verb, wanted=expected):
        """Who reaches whom. @reached is {(from, to): bool} by name; each cell has both answers."""
        self.title(f"Who reaches whom: {verb}. Each cell is what happened / what is expected.")
        wide = 9
        self.line("  " + "from \\ to".ljust(10) + "".join(e.name.ljust(wide + 1) for e in ENDS), "dim")
        for src in ENDS:
            cells = []
            for dst in ENDS:
                if (src.name, dst.name) not in reached:
                    cells.append("-".ljust(wide))
                    continue
                got, want = reached[src.name, dst.name], wanted(src, dst)
                text = f"{'yes' if got else 'no'}/{'yes' if want else 'no'}"
                colour = "red" if got != want else "green" if got else "dim"
                cells.append(self.paint((text + ("" if got == want else " !")).ljust(wide), colour))
            self.line("  " + src.name.ljust(10) + " ".join(cells).rstrip())


def bits(rate):
    """A rate in bit/s as people write it."""
    for unit in ("", "k", "M"):
        if rate < 1000:
            return f"{rate:.0f}{unit}"
        rate /= 1000
    return f"{rate:.1f}G"
