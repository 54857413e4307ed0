"""The HTTP yardstick: FastAPI with intake's body that answers 201 and stores nothing; `python -m ... PORT`."""

import sys

import uvicorn
from fastapi import FastAPI

from services.intake.entrypoints.bodies import NeedBody

app = FastAPI()


@app.get("/internal/ready")
async def ready() -> dict[str, bool]:
    """Say yes."""
    return {"ready": True}


@app.post("/needs", status_code=201)
async def take(need: NeedBody) -> dict[str, str]:
    """Validate, and answer."""
    return {"id": need.community}


if __name__ == "__main__":
    uvicorn.run(app, port=int(sys.argv[1]), access_log=False, log_level="error")
