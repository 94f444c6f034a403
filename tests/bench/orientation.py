"""What others reach beside such an endpoint, as measured elsewhere: for orientation, not measured in this run."""

from tests.bench.verdicts import Row

SHAPES = ("watchlist", "stock page", "single stock")
OTHERS = {
    "idiomatic Strawberry": (0.10, 0.16, 0.24),
    "Ariadne": (0.12, 0.17, 0.30),
    "Apollo Server": (0.21, 0.35, 0.60),
    "PostGraphile": (0.32, 0.51, 0.35),
    "Yoga with graphql-jit": (0.63, 0.49, 0.28),
    "Mercurius with its JIT": (0.57, 0.86, 1.24),
    "Mercurius with its JIT, on Node 24": (0.66, 0.93, 1.52),
    "the same endpoint, its JSON made in SQL": (1.33, 2.25, 0.98),
}
CPU_MS = {"Strawberry": 23.9, "Mercurius": 4.3, "rows by hand": 1.8, "JSON in SQL": 0.5}


def orientation(rows: list[Row]) -> str:
    """Lay the others' ratios out beside ours: throughput at 16 connections over the hand-written endpoint's."""
    lines = [
        "",
        "Throughput at 16 connections beside a hand-written endpoint",
        "(ours of this run; the others NOT measured in this run: 8 interleaved rounds on one machine)",
        f"  {'':42}" + "".join(f"{shape:>14}" for shape in SHAPES),
    ]
    for name, start in (
        ("ours, caches off", "caches off, of the limit"),
        ("ours, warm row cache", "warm row cache, of"),
    ):
        lines.append(f"  {name:42}" + "".join(f"{_ours(rows, shape, start):>14}" for shape in SHAPES))
    for name, ratios in OTHERS.items():
        lines.append(f"  {name:42}" + "".join(f"{ratio:14.2f}" for ratio in ratios))
    lines.append(
        "  server CPU per watchlist request there: " + ", ".join(f"{name} {ms} ms" for name, ms in CPU_MS.items())
    )
    return "\n".join(lines)


def _ours(rows: list[Row], shape: str, start: str) -> str:
    of_shape = f"requests: {shape}, ratios"
    found = [row.measured for row in rows if row.group.startswith(of_shape) and row.name.startswith(start)]
    return f"{found[0]:.2f}" if found else "-"
