"""The OpenAPI document: what it says is what happens, asked by schemathesis as the document allows and as it does not."""

import json
from collections import Counter

import pytest
import schemathesis
from schemathesis.engine import events, from_schema

from server.api_table import DATA
from server.openapi import document
from store.people import tokens
from tests.server.programs import serving

EXAMPLES = 4  # a route and phase; more find nothing new, and take as much longer


@pytest.fixture(scope="module")
def paths() -> dict:
    return json.loads(document())["paths"]


def asked(path, name: str, examples: int = EXAMPLES) -> tuple[Counter, list[str]]:
    """(answers by status, what is wrong) of a run with the token of an account."""
    token = tokens.add(name, "测试", "admin", None, path)
    generation = {"max-examples": examples, "deterministic": True}
    config = schemathesis.Config.from_dict({"auth": {"openapi": {"token": {"bearer": token}}}, "generation": generation})
    bearer = {"authorization": f"Bearer {token}"}
    schema = schemathesis.openapi.from_asgi("/api/v1/openapi.json", serving(), config=config, headers=bearer)
    statuses, wrong = Counter(), []
    for event in from_schema(schema).execute():
        assert not isinstance(event, events.FatalError), event.exception
        if isinstance(event, events.NonFatalError):
            wrong.append(f"{event.label}: {event.value}")
        elif isinstance(event, events.ScenarioFinished):
            record = event.recorder
            statuses.update(found.response.status_code for found in record.interactions.values() if found.response)
            failed = [check.failure_info for checks in record.checks.values() for check in checks if check.failure_info]
            wrong += [f"{record.label}: {info.failure}\n{info.code_sample}" for info in failed]
    return statuses, wrong


def test_schemathesis_finds_nothing(people_store):
    statuses, wrong = asked(people_store, "analyst")
    assert not wrong, "\n".join(wrong[:5])
    assert {200, 404, 405, 422} <= set(statuses), statuses  # it got everywhere


def test_every_field_and_parameter_is_described(paths):
    whole = json.loads(document())
    for name, shape in whole["components"]["schemas"].items():
        assert shape["additionalProperties"] is False, name
        bare = [f for f, schema in shape["properties"].items() if not ({"description", "$ref"} & set(schema) or f == "items")]
        assert not bare, f"{name}: {bare}"
    for path, methods in paths.items():
        assert list(methods) == ["get"] and methods["get"]["summary"], path
        assert all(p["description"] for p in methods["get"]["parameters"]), path


def test_every_route_names_its_problems_and_its_security(paths):
    for endpoint in DATA:
        said = paths[endpoint.path]["get"]
        assert {"200", "304", "401", "403", "406", "422", "503"} <= set(said["responses"]) and "security" not in said
        for status, answer in said["responses"].items():
            assert status < "400" or list(answer["content"]) == ["application/problem+json"]
    assert paths["/healthz"]["get"]["security"] == []


def test_the_document_names_no_unit_and_is_the_same_for_all(paths):
    assert document() == document() and "U1" not in document().decode()
