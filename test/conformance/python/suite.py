"""Registers cases and runs them: `run.py` prints one JSON line for each as it ends."""

import asyncio
import json
import sys
import traceback

CASE_SECONDS = 150
AT_ONCE = 6

cases = []


def case(title, profile="plain", slow=False, last=False):
    """Declares a case. `slow` ones mostly wait, so they run beside the others; `last` ones end the server."""

    def register(run):
        cases.append({"title": title, "profile": profile, "slow": slow, "last": last, "run": run})
        return run

    return register


async def run_case(entry, options, open_world, turn):
    async def attempt():
        async with open_world(options) as world:
            await entry["run"](world)

    try:
        if entry["slow"]:
            await asyncio.wait_for(attempt(), CASE_SECONDS)
        else:
            async with turn:
                await asyncio.wait_for(attempt(), CASE_SECONDS)
        problem = None
    except asyncio.TimeoutError:
        problem = f"did not end within {CASE_SECONDS} s"
    except Exception as error:
        problem = "".join(traceback.format_exception(error, limit=-4))
    print(json.dumps({"title": entry["title"], "problem": problem}), flush=True)


async def run_all(options, open_world):
    chosen = [entry for entry in cases if entry["profile"] == options.profile]
    turn = asyncio.Semaphore(AT_ONCE)
    await asyncio.gather(*(run_case(entry, options, open_world, turn) for entry in chosen if not entry["last"]))
    for entry in chosen:
        if entry["last"]:
            await run_case(entry, options, open_world, turn)


def main(options, open_world):
    """`open_world` gives each case its view of the server, closed when the case ends."""
    titles = [entry["title"] for entry in cases]
    doubled = {title for title in titles if titles.count(title) > 1}
    if doubled:
        sys.exit(f"two cases with one title: {doubled}")
    if options.list:
        print(json.dumps([{"title": entry["title"], "profile": entry["profile"]} for entry in cases]))
    else:
        asyncio.run(run_all(options, open_world))
