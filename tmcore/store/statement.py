"""One SQL statement as one migration operation."""

from typing import Any

from tortoise.migrations.operations import RunSQL


class Statement(RunSQL):
    """RunSQL would split it at every semicolon, and a trigger has some of its own."""

    async def _run_sql(self, state_editor: Any, sqls: Any) -> None:
        await state_editor.client.execute_query(sqls)
