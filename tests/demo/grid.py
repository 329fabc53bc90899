"""The grid that the demo ends with: a row for each caller, a column for each bucket."""

from collections.abc import Mapping, Sequence

from local_aws.seed import ACCOUNT
from scenario import BUCKETS, Seen
from scenario.explained import Explained
from scenario.trial import Tried

# The scenario's names are long; what they have in common is left out of the grid.
COMMON_PARTS = ("emrfs-auth-", "-bucket-demo", "emrfs_auth_")


def render(tried: Mapping[str, Sequence[Tried]], explained: Mapping[tuple[str, str], Explained]) -> str:
    """Each cell has three lines: the rule, the role (with its account where that is another), and what S3 answered."""
    table = [["", *(_short(bucket) for bucket in BUCKETS)]]
    for caller, cells in tried.items():
        decisions = [explained[caller, cell.bucket] for cell in cells]
        table.append([caller, *(f"rule {decision.rule}" for decision in decisions)])
        table.append(["", *(_role(decision) for decision in decisions)])
        table.append(["", *(_answer(cell) for cell in cells)])
    widths = [max(len(row[column]) for row in table) for column in range(len(table[0]))]
    line = "+".join("-" * (width + 2) for width in widths)
    lines = [line]
    for number, row in enumerate(table):
        lines.append("|".join(f" {text:<{width}} " for text, width in zip(row, widths, strict=True)).rstrip())
        if number % 3 == 0:
            lines.append(line)
    return "\n".join(lines)


def _role(decision: Explained) -> str:
    if decision.role:
        account, name = decision.role.split(":")[4], _short(decision.role.rsplit("/", 1)[1])
        return name if account == ACCOUNT else f"{name} ({account})"
    return "base: the instance's role" if decision.outcome == "base" else "-"


def _answer(cell: Tried) -> str:
    text = {Seen.ROWS: f"{cell.rows} rows read", None: "something else"}.get(cell.seen) or cell.seen.value
    return text + ("  <- NOT AS EXPECTED" if cell.faults() else "")


def _short(name: str) -> str:
    for part in COMMON_PARTS:
        name = name.replace(part, "")
    return name
