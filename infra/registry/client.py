"""A client of Confluent's schema registry API, as Apicurio, Confluent and Karapace serve it.

Units: seconds. A subject is a record's full name (RecordNameStrategy).
Shape: Registry(url) with a method a question; connections are kept and shared by threads.
Errors: what the registry does not have is None, what it refuses is Rejected; no connection, no
answer in time, a 5xx or 429, after ATTEMPTS: Outage(retry=True); anything else that is not the API:
Outage(retry=False). Credentials of the URL appear in no message.
Bounds: ATTEMPTS x (connect + read timeout) + pauses = 4 x 7 s + 3.5 s at worst.
Source: Confluent Schema Registry API reference, v7.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from types import MappingProxyType, TracebackType
from typing import Any, Literal, Self, TypeVar, cast
from urllib.parse import quote, unquote

import stamina
import urllib3
from urllib3 import exceptions
from urllib3.util import make_headers, parse_url

from commands.outage import Outage

COMPATIBILITY = "FULL_TRANSITIVE"
CONNECTIONS_MAX = 8
CONNECT_TIMEOUT_S, READ_TIMEOUT_S = 2.0, 5.0
ATTEMPTS = 4
PAUSE_FIRST_S, PAUSE_MAX_S = 0.1, 1.0
NO_CONNECTION = (
    exceptions.TimeoutError,
    exceptions.NewConnectionError,
    exceptions.ProtocolError,
)
LATER = frozenset({HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_MANY_REQUESTS})
REFUSED = frozenset({HTTPStatus.CONFLICT, HTTPStatus.UNPROCESSABLE_ENTITY})
MEDIA_TYPE = "application/vnd.schemaregistry.v1+json"

Answer = Mapping[str, Any]
Method = Literal["GET", "POST", "PUT"]
Value = TypeVar("Value")


@dataclass(frozen=True, slots=True)
class Rejected:
    """The registry will not have this schema under this subject; `detail` is in its words."""

    detail: str


class Registry:
    def __init__(self, url: str) -> None:
        parsed = parse_url(url.rstrip("/"))
        self.url = parsed._replace(auth=None).url
        self._headers = {"Accept": MEDIA_TYPE, "Content-Type": MEDIA_TYPE}
        if parsed.auth is not None:
            self._headers |= make_headers(basic_auth=unquote(parsed.auth))
        self._http = urllib3.PoolManager(
            maxsize=CONNECTIONS_MAX,
            retries=False,  # Ours: with pauses, and only of what may come right.
            timeout=urllib3.Timeout(connect=CONNECT_TIMEOUT_S, read=READ_TIMEOUT_S),
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        self._http.clear()

    def schema_by_id(self, schema_id: int) -> str | None:
        """The text of a schema, None for an id that nobody has."""
        answer = self._ask("GET", f"/schemas/ids/{schema_id}")
        return self._said(answer, "schema", str) if isinstance(answer, Mapping) else None

    def id_of(self, *, subject: str, text: str) -> int | None:
        """The id of a schema, None where it is not registered under the subject."""
        answer = self._ask("POST", f"/subjects/{quote(subject)}", {"schema": text})
        return self._said(answer, "id", int) if isinstance(answer, Mapping) else None

    def register(self, *, subject: str, text: str) -> int | Rejected:
        """The id of a schema, registered now or before."""
        path = f"/subjects/{quote(subject)}/versions"
        answer = self._ask("POST", path, {"schema": text})
        return answer if isinstance(answer, Rejected) else self._said(answer or {}, "id", int)

    def compatibility(self, subject: str) -> str | None:
        """The rule of a subject, None where there is no such subject or it has none."""
        answer = self._ask("GET", f"/config/{quote(subject)}")
        known = isinstance(answer, Mapping)
        return self._said(answer, "compatibilityLevel", str) if known else None

    def set_compatibility(self, subject: str) -> None:
        """From now on a new version must read all others and be read by all others.

        Apicurio makes the rule at the first time and changes it later: of two who are first at the
        same moment, one is told that the rule exists, and may ask again at once.
        """
        path, refused = f"/config/{quote(subject)}", ""
        for _ in range(ATTEMPTS):
            answer = self._ask("PUT", path, {"compatibility": COMPATIBILITY})
            if isinstance(answer, Mapping):
                return
            if answer is None:
                raise self._strange(path)
            refused = answer.detail
        said = f"the registry {self.url} refuses the rule {COMPATIBILITY} of {subject}: {refused}"
        raise Outage(said, retry=False)

    def _ask(
        self, method: Method, path: str, body: Answer | None = None
    ) -> Answer | Rejected | None:
        attempts = stamina.retry_context(
            on=lambda error: isinstance(error, Outage) and error.retry,
            attempts=ATTEMPTS,
            timeout=None,
            wait_initial=PAUSE_FIRST_S,
            wait_max=PAUSE_MAX_S,
        )
        for attempt in attempts:
            with attempt:
                return self._ask_once(method, path, body)
        raise AssertionError("an attempt neither answered nor failed")

    def _ask_once(self, method: Method, path: str, body: Answer | None) -> Answer | Rejected | None:
        data = None if body is None else json.dumps(body)
        try:
            response = self._http.request(
                method, f"{self.url}{path}", body=data, headers=self._headers
            )
        except NO_CONNECTION as error:
            raise Outage(f"the registry {self.url} does not answer", retry=True) from error
        except exceptions.HTTPError as error:
            raise Outage(
                f"the registry {self.url} cannot be asked: {error}", retry=False
            ) from error
        status = response.status
        if status >= HTTPStatus.INTERNAL_SERVER_ERROR or status in LATER:
            raise Outage(f"the registry {self.url} answers {status} to {path}", retry=True)
        answer = _parsed(response.data)
        if status == HTTPStatus.OK and answer:
            return answer
        if status == HTTPStatus.NOT_FOUND and "error_code" in answer:  # Else the address is wrong.
            return None
        if status in REFUSED:
            return Rejected(str(answer.get("message", status)))
        raise self._strange(f"{path}: {status}")

    def _said(self, answer: Answer, key: str, kind: type[Value]) -> Value:
        value = answer.get(key)
        if not isinstance(value, kind):
            raise self._strange(f"an answer without {key}")
        return value

    def _strange(self, what: str) -> Outage:
        return Outage(f"{self.url} is no schema registry's address ({what})", retry=False)


def _parsed(data: bytes) -> Answer:
    """The JSON object of an answer, empty where it is something else."""
    try:
        answer = json.loads(data)
    except ValueError:
        return MappingProxyType({})
    return cast("Answer", answer) if isinstance(answer, dict) else MappingProxyType({})
