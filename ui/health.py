"""What a monitor asks of the server: which snapshot is served, how old it is, how the last run and
the last build ended.
"""

from datetime import UTC, datetime

from starlette.requests import Request
from starlette.responses import JSONResponse


def healthz(request: Request) -> JSONResponse:
    """GET /healthz: 200 where a snapshot is served, else 503. Its keys:

    status: "ok", "degraded" (something below is wrong, and a snapshot is served), "down".
    snapshot, built_at, age_hours, latest_session: of the served snapshot; null without one.
    problems: what is wrong, one sentence each.
    last_run: began_at, finished_at (null: broken off), outcomes (lines by outcome); null without
        one.
    """
    # DuckDB is imported by the first question and not by the entry, which sets its memory.
    from ui import answers
    from warehouse.snapshot import NoSnapshot

    try:
        served = answers.served()
        snapshot = answers.ask(served, "SELECT built_at, data_as_of FROM snapshot").iloc[0]
    except (NoSnapshot, answers.CannotAnswer) as error:
        nothing = dict.fromkeys(("snapshot", "built_at", "age_hours", "latest_session", "last_run"))
        return JSONResponse(
            {"status": "down", **nothing, "problems": [str(error)]}, status_code=503
        )
    problems = [served.problem] if served.problem else []
    if refusal := answers.refusal():
        problems.append(f"the build of {refusal.at.isoformat()} was rejected")
    run = answers.last_run()
    if run and run.finished_at is None:
        problems.append(f"the run of {run.began_at} was broken off")
    age = datetime.now(UTC) - snapshot["built_at"]
    session = snapshot["data_as_of"]
    return JSONResponse(
        {
            "status": "degraded" if problems else "ok",
            "snapshot": served.snapshot_id,
            "built_at": snapshot["built_at"].isoformat(),
            "age_hours": round(age.total_seconds() / 3600, 1),
            "latest_session": None if session is None else f"{session:%Y-%m-%d}",
            "problems": problems,
            "last_run": run
            and {
                "began_at": run.began_at,
                "finished_at": run.finished_at,
                "outcomes": run.outcomes,
            },
        }
    )
