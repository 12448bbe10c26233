"""The adapter's waiting for files. If this fails, a program that is told to stop now and then goes on for ever."""

import asyncio

from clearinghouse_adapter.bells import Bell


async def test_who_is_rung_and_cancelled_at_once_ends() -> None:
    bell = Bell(60.0)

    async def look() -> None:
        while True:
            await bell.wait(busy=False)

    looking = asyncio.create_task(look())
    await asyncio.sleep(0)
    bell.ring()
    await asyncio.sleep(0)
    looking.cancel()
    done, _ = await asyncio.wait([looking], timeout=30)
    looking.cancel()
    assert done == {looking}
