"""GET /problems/{code}: what a problem's `type` leads to."""

from typing import Annotated

from fastapi import APIRouter, Path
from pydantic import BaseModel, ConfigDict, Field

from rcm.errors import NotFound
from rcm.web.problems import known_problems

router = APIRouter()


class ProblemType(BaseModel):
    """One kind of refusal."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "code": "conflict",
                    "status": 409,
                    "title": "The state does not allow this",
                    "retryable": False,
                    "meaning": "The state of the thing does not allow this.",
                }
            ]
        }
    )

    code: str
    status: int
    title: str
    retryable: bool = Field(description="True: the same request may succeed when sent again")
    meaning: str


@router.get("/problems/{code}", response_model=ProblemType, tags=["platform"], summary="What a problem's code means")
async def get_problem_type(code: Annotated[str, Path(examples=["conflict"])]) -> ProblemType:
    """Explains a code that an error's `type` leads to."""
    for error in known_problems():
        if error.code == code:
            meaning = " ".join((error.__doc__ or error.title).split())
            return ProblemType(code=code, status=error.status, title=error.title, retryable=error.retryable, meaning=meaning)
    raise NotFound("No refusal of this service has this code")
