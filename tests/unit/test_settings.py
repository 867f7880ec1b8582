"""The functions' settings, from the environment."""

from pathlib import Path

import pytest

from clerestory.settings import Settings, WrongSettings, read_settings

PREFIX = {"SECRET_PREFIX": "/clerestory/local"}


def test_reads_settings_by_their_names_in_capitals() -> None:
    settings = read_settings(PREFIX | {"TABLE": "t", "PUBLIC_URL": "https://e.example/", "HOME": "/root"})
    assert (settings.secret_prefix, settings.table) == ("/clerestory/local", "t")


def test_what_is_not_set_has_its_default() -> None:
    settings = read_settings(PREFIX)
    assert settings.sensitive_kinds == ("us-ssn", "payment-card")
    assert settings.session_rules.organization_claim == "custom:organization"
    assert settings.session_rules.default_organization == ""


def test_a_missing_setting_is_named() -> None:
    with pytest.raises(WrongSettings, match="SECRET_PREFIX"):
        read_settings({"TABLE": "t"})


def test_numbers_in_the_environment_stay_text() -> None:
    assert read_settings(PREFIX | {"DEFAULT_ORGANIZATION": "16417"}).default_organization == "16417"


@pytest.mark.parametrize(("value", "kinds"), [("", ()), (" iban , email ", ("iban", "email")), (",", ())])
def test_sensitive_kinds_are_a_list_with_commas(value: str, kinds: tuple[str, ...]) -> None:
    assert read_settings(PREFIX | {"SENSITIVE_VALUES": value}).sensitive_kinds == kinds


def test_an_unknown_sensitive_kind_is_refused() -> None:
    with pytest.raises(WrongSettings, match="passport"):
        read_settings(PREFIX | {"SENSITIVE_VALUES": "us-ssn,passport"})


def test_embeds_are_served_from_the_public_url_or_the_apis_own_domain() -> None:
    assert read_settings(PREFIX).public_base("api.example") == "https://api.example"
    assert (
        read_settings(PREFIX | {"PUBLIC_URL": "http://127.0.0.1:8787/"}).public_base("x")
        == "http://127.0.0.1:8787"
    )


@pytest.mark.parametrize(
    ("url", "path"),
    [("", ""), ("https://e.example", ""), ("https://e.example/", ""), ("https://e.example/a/b/", "/a/b")],
)
def test_what_the_public_url_has_for_a_path(url: str, path: str) -> None:
    assert read_settings(PREFIX | {"PUBLIC_URL": url}).public_path == path


def test_every_setting_has_its_heading_in_the_docs() -> None:
    text = (Path(__file__).parents[2] / "docs" / "settings.md").read_text(encoding="utf-8")
    headings = {line.removeprefix("## ") for line in text.splitlines() if line.startswith("## ")}
    assert headings == {field.upper() for field in Settings.__struct_fields__} | {"AWS_ENDPOINT_URL"}


@pytest.mark.parametrize("setting", ["ORGANIZATION_CLAIM", "GROUPS_CLAIM"])
@pytest.mark.parametrize(
    "claim", ["user_metadata", "user_metadata.tenant_id", "unsafe_metadata.o", "a.user_metadata"]
)
def test_a_claim_that_users_write_themselves_names_nothing(setting: str, claim: str) -> None:
    with pytest.raises(WrongSettings, match=f"{setting} can't be in .*_metadata: users write that"):
        read_settings(PREFIX | {setting: claim})


def test_a_claims_name_may_be_a_path_or_a_url() -> None:
    named = {"ORGANIZATION_CLAIM": "app_metadata.tenant_id", "GROUPS_CLAIM": "https://example.com/roles"}
    rules = read_settings(PREFIX | named).session_rules
    assert (rules.organization_claim, rules.groups_claim) == tuple(named.values())
