"""Calls of every function on the list, with the tables' columns where its signature has their types.

Each parameter in turn gets each column that fits, the others a constant. What a
signature doesn't say stands in `function_calls_by_hand`.
"""

from collections.abc import Iterator

import duckdb
from msgspec import Struct

from cli.check.sql_functions import FUNCTIONS
from tests.query.function_calls_by_hand import AGGREGATES, ONLY_WINDOWS, SCALARS, WITH_LAMBDAS, listed

VOLATILE = frozenset(
    [
        "random",
        "now",
        "today",
        "current_date",
        "current_localtime",
        "current_localtimestamp",
        "get_current_time",
        "get_current_timestamp",
        "transaction_timestamp",
        "gen_random_uuid",
        "uuid",
        "uuidv4",
        "uuidv7",
        "age",
        "ago",
        "reservoir_quantile",
    ]
)
"""Of these only whether they fail is compared. `age` and `ago` count from now."""

_TEXTS = ("note", "name", "word", "js")
_COLUMNS: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(("BIGINT", "HUGEINT", "INTEGER", "SMALLINT", "TINYINT"), ("n", "k", "small")),
    **dict.fromkeys(("UBIGINT", "UHUGEINT", "UINTEGER", "USMALLINT", "UTINYINT"), ("wide", "tiny", "small")),
    **dict.fromkeys(("DOUBLE", "FLOAT"), ("x", "f", "n", "dec")),
    "DECIMAL": ("dec",),
    "BOOLEAN": ("flag",),
    "VARCHAR": _TEXTS,
    "BLOB": ("b", "note::BLOB"),
    "DATE": ("day",),
    "TIMESTAMP": ("ts", "day"),
    "TIMESTAMP_NS": ("ts", "ts::TIMESTAMP_NS"),
    "TIMESTAMP WITH TIME ZONE": ("atz",),
    "TIME": ("tm",),
    "TIME WITH TIME ZONE": ("tm::TIMETZ",),
    "TIME_NS": ("tm::TIME_NS",),
    "INTERVAL": ("iv", "ts - day"),
    "UUID": ("u",),
    "BIT": ("n::BIT", "note::BLOB::BIT"),
    "BIGNUM": ("n::BIGNUM", "x::BIGNUM"),
    "JSON": ("js", "note", "js::JSON"),
    "BOOLEAN[]": ("[flag, true]",),
    "BIGINT[]": ("l", "[n]"),
    "VARCHAR[]": ("ls", "[note]"),
    **dict.fromkeys(("DOUBLE[]", "FLOAT[]"), ("l", "[x, f]")),
    **dict.fromkeys(("DOUBLE[ANY]", "FLOAT[ANY]", "DOUBLE[3]", "FLOAT[3]"), ("[x, f, 1]::FLOAT[3]",)),
    **dict.fromkeys(("ANY[]", "T[]"), ("l", "ls", "[n, k]", "[x]", "[day]")),
    "T[][]": ("ll", "[l]"),
    "MAP(K, V)": ("m", "MAP {note: n}"),
    "STRUCT": ("st", "{'a': n, 'b': note}"),
    "STRUCT(K, V)[]": ("[{'key': note, 'value': n}]", "map_entries(m)"),
    "UNION": ("union_value(a := n)",),
    'STRUCT("year" BIGINT, "month" BIGINT, "day" BIGINT)': ("{'year': n, 'month': 1, 'day': 1}",),
    **dict.fromkeys(("K", "V", "T"), ("k", "note")),
    **dict.fromkeys(("K[]", "V[]"), ("ls", "l")),
    "ANY": ("l", "n", "ls", "note", "day", "st", "x", "m", "ts", "dec", "flag", "u", "iv"),
}
_CONSTANTS: dict[str, tuple[str, ...]] = {
    "VARCHAR": ("'a'", "'1'", "'%d'", "'day'", "'$.a'", "'Asia/Tokyo'"),
    "DATE": ("DATE '2013-01-03'",),
    "TIMESTAMP": ("TIMESTAMP '2013-01-03 04:05:06'",),
    "TIMESTAMP WITH TIME ZONE": ("TIMESTAMPTZ '2013-01-03 04:05:06+00'",),
    "TIME": ("TIME '04:05'",),
    "INTERVAL": ("INTERVAL 2 DAYS",),
    "BLOB": ("'a'::BLOB",),
    "BIT": ("'101'::BIT",),
    "BOOLEAN": ("true",),
    "JSON": ("""'{"a": 1}'""",),
    "DOUBLE": ("0.5",),
    "FLOAT": ("0.5",),
    "BOOLEAN[]": ("[true]",),
    **dict.fromkeys(("BIGINT[]", "DOUBLE[]", "FLOAT[]", "ANY[]", "T[]"), ("[1, 2, 3]",)),
    **dict.fromkeys(("DOUBLE[ANY]", "FLOAT[ANY]", "DOUBLE[3]", "FLOAT[3]"), ("[1, 2, 3]::FLOAT[3]",)),
    "VARCHAR[]": ("['a', '1']",),
}


class Call(Struct, frozen=True):
    """A call of `function`, and how it stands in a SELECT."""

    function: str
    sql: str


def calls(most: int) -> Iterator[Call]:
    """At most so many of each function, spread over its signatures."""
    by_function: dict[tuple[str, str], dict[str, None]] = {}
    for name, kind, types, varargs in _signatures():
        by_function.setdefault((name, kind), {}).update(dict.fromkeys(_calls(name, types, varargs)))
    for (name, kind), written in by_function.items():
        for call in list(written)[:: -(-len(written) // most)]:
            yield from _placed(name, kind, call)
    yield from _by_hand()


def _by_hand() -> Iterator[Call]:
    for name, written in WITH_LAMBDAS.items():
        for arguments in written:
            yield from _placed(name, "scalar", name + arguments)
    for kind, text in (("scalar", SCALARS), ("aggregate", AGGREGATES)):
        for call in listed(text):
            yield from _placed(_name(call), kind, call)
    for call in listed(ONLY_WINDOWS):
        yield Call(
            call.partition("(")[0],
            f"SELECT rid, {call} OVER (PARTITION BY k ORDER BY rid) AS c FROM facts ORDER BY rid",
        )


def _signatures() -> list[tuple[str, str, list[str], str | None]]:
    catalogue = duckdb.connect().execute(
        "SELECT DISTINCT lower(function_name), CASE function_type WHEN 'aggregate' THEN 'aggregate' ELSE 'scalar' END, "
        "list_transform(parameter_types, lambda t: coalesce(t, 'ANY')), varargs FROM duckdb_functions() "
        "WHERE function_type IN ('scalar', 'aggregate', 'macro') ORDER BY ALL"
    )
    return [row for row in catalogue.fetchall() if row[0].lower() in FUNCTIONS]


def _calls(name: str, types: list[str], varargs: str | None) -> Iterator[str]:
    types = [*types, varargs] if varargs else types
    if not types:
        yield _spelt(name, [])
    for turn, kind in enumerate(types):
        for column in _COLUMNS.get(kind, ()):
            for choice in range(max((len(_CONSTANTS.get(other, "-")) for other in types), default=1)):
                given = [_constant(other, choice) for other in types]
                given[turn] = column
                yield _spelt(name, given)
    if len(types) > 1:
        for choice in range(3):
            columns = [_COLUMNS.get(kind, ("NULL",)) for kind in types]
            yield _spelt(name, [fitting[choice % len(fitting)] for fitting in columns])


def _constant(kind: str, choice: int) -> str:
    constants = _CONSTANTS.get(kind, ("2",))
    return constants[choice % len(constants)]


def _spelt(name: str, given: list[str]) -> str:
    if name.isidentifier():
        return f"{name}({', '.join(given)})"
    if name == "!__postfix":
        return f"({given[0]})!"
    if len(given) == 1:
        return f"{name} ({given[0]})"
    return f"({given[0]} {name} {given[1]})" if len(given) == 2 else f"{name}({', '.join(given)})"


def _placed(name: str, kind: str, call: str) -> Iterator[Call]:
    if kind == "scalar":
        yield Call(name, f"SELECT rid, {call} AS c FROM facts ORDER BY rid")
        yield Call(name, f"SELECT rid FROM facts WHERE {call} IS NOT NULL ORDER BY rid")
        return
    yield Call(name, f"SELECT {call} AS c FROM facts")
    yield Call(name, f"SELECT k, {call} AS c FROM facts GROUP BY k ORDER BY k")
    yield Call(name, f"SELECT rid, {call} OVER (ORDER BY rid ROWS 9 PRECEDING) AS c FROM facts ORDER BY rid")


def _name(call: str) -> str:
    """The function of a call; of `([x] <-> [n])` its operator."""
    operators = {"||": "||", "<->": "<->", "<=>": "<=>", "!": "!__postfix"}
    return call.partition("(")[0] or next(name for spelt, name in operators.items() if spelt in call)
