"""What the tests of the code sets read: the sets and the index as set-up has compiled them."""

import pytest

from rcm.codesets.book import CodeSets, installed_code_sets
from rcm.codesets.search.index import SearchIndex, installed_search


@pytest.fixture(scope="module")
def codes() -> CodeSets:
    return installed_code_sets()


@pytest.fixture(scope="module")
def index() -> SearchIndex:
    return installed_search()
