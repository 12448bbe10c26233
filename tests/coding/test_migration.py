"""The tables that the migration makes are those that models.py says."""

from coding_svc.main import Settings, build
from coding_svc.models import Base
from tests.support.models import differences
from tests.support.postgres import Databases


async def test_models_are_the_migrated_tables(databases: Databases) -> None:
    assert await differences(databases, build(Settings()), Base.metadata) == []
