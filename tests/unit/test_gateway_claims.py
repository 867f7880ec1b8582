"""Claims as API Gateway writes them: by Go's printing of what Go reads of JSON."""

import pytest

from local.gateway.claims import written_claims


@pytest.mark.parametrize(
    ("claim", "written"),
    [
        ('"a b"', "a b"),
        ("17", "17"),
        ("1.50", "1.50"),
        ("1e3", "1e3"),
        ("12345678901234567890123", "12345678901234567890123"),
        ("true", "true"),
        ("null", None),
        ("[]", "[]"),
        ('["admin", "power"]', "[admin power]"),
        ('["not owners"]', "[not owners]"),
        ('["a", null, 1, true, ["b"]]', "[a <nil> 1 true [b]]"),
        ('{"tenant_id": "acme", "roles": ["x"]}', "map[roles:[x] tenant_id:acme]"),
        ('{"é": null, "b": {}, "a": 1.0}', "map[a:1.0 b:map[] é:<nil>]"),
        ('[{"key": "admin", "id": 1}]', "[map[id:1 key:admin]]"),
        (r'"\ud83d\ude00 \ud800"', "😀 \ufffd"),
    ],
)
def test_a_claim_is_written_as_go_prints_it(claim: str, written: str | None) -> None:
    assert written_claims(f'{{"c": {claim}}}'.encode()).get("c") == written


@pytest.mark.parametrize("payload", [b"[]", b'{"a": NaN}', b"{", b'{"a": "\xff"}'])
def test_what_is_no_json_object_has_no_claims(payload: bytes) -> None:
    with pytest.raises(ValueError):  # noqa: PT011  it says nothing but that
        written_claims(payload)
