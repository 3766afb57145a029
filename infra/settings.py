"""Settings of every program: from the command line, TALLY_* in the environment, or tally.toml.

Shape: Settings(); the first of command line, environment and file that names a value counts.
Units: in the names. Secrets stay out of logs: a DSN is printed without its password, the options of
Kafka not at all.
Errors: pydantic's ValidationError names the setting and what was expected; ValueErrors of a file
that is no TOML.
"""

import json
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, Field, PlainSerializer
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from infra.kafka.address import KafkaAddress, checked_bootstrap, checked_options

# Given as a table of tally.toml or as JSON in the environment; passed on as JSON.
KafkaOptions = Annotated[
    dict[str, str], AfterValidator(checked_options), PlainSerializer(json.dumps, return_type=str)
]


FILE = "tally.toml"


class Settings(BaseSettings):
    """What a program needs to know of its surroundings."""

    model_config = SettingsConfigDict(
        env_prefix="TALLY_", toml_file=FILE, extra="forbid", frozen=True
    )

    kafka: Annotated[str, AfterValidator(checked_bootstrap)] = Field(
        default="", description="HOST:PORT of Kafka; empty: embedded"
    )
    kafka_options: KafkaOptions = Field(
        default={}, repr=False, description="security.protocol, sasl.*, ssl.* of its clients"
    )
    postgres: str = Field(default="", description="DSN of PostgreSQL; empty: embedded")
    registry: str = Field(
        default="",
        pattern=r"^(https?://.*)?$",
        description="its Confluent API's URL; empty: embedded",
    )
    data: Path = Field(default=Path(".tally"), description="folder of the embedded servers")
    topic_prefix: str = Field(default="tally", description="what the topics' names begin with")
    partitions: int = Field(default=4, ge=1, le=1024, description="of topics made here; then fixed")
    replicas: int = Field(default=1, ge=1, le=9, description="of topics made here")
    batch: int = Field(default=2000, ge=1, le=20_000, description="commands in one transaction")
    memory: int = Field(default=100_000, ge=1_000, description="aggregates a writer remembers")
    failures_max: int = Field(default=20, ge=1, description="errors in a minute that stop it")
    log_json: bool = Field(default=False, description="log lines as JSON")

    @property
    def kafka_address(self) -> KafkaAddress:
        """As every client of Kafka is told."""
        return KafkaAddress(self.kafka, self.kafka_options)

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Command line, then environment, then file."""
        del dotenv_settings, file_secret_settings
        return init_settings, env_settings, TomlConfigSettingsSource(settings_cls)
