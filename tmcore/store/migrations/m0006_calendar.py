"""Schedules with what became of their times, and plans with their lines."""

from tortoise import fields, migrations
from tortoise.indexes import Index
from tortoise.migrations import operations as ops


class Migration(migrations.Migration):
    dependencies = [("tm", "m0003_paused")]

    operations = [
        ops.CreateModel(
            name="PlanEntryRow",
            fields=[
                (
                    "id",
                    fields.BigIntField(
                        generated=True, primary_key=True, unique=True, db_index=True
                    ),
                ),
                ("plan_id", fields.BigIntField(db_index=True)),
                ("line", fields.IntField()),
                ("task_id", fields.BigIntField(db_index=True)),
                ("slot", fields.CharField(null=True, unique=True, max_length=64)),
                ("content", fields.TextField(unique=False)),
            ],
            options={
                "table": "plan_entry",
                "app": "tm",
                "pk_attr": "id",
                "table_description": "A line of a plan. The unique key keeps the same post from being planned twice.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="PlanRow",
            fields=[
                (
                    "id",
                    fields.BigIntField(
                        generated=True, primary_key=True, unique=True, db_index=True
                    ),
                ),
                ("name", fields.TextField(unique=False)),
                ("zone", fields.TextField(unique=False)),
                ("created_at", fields.BigIntField()),
                ("withdrawn_at", fields.BigIntField(null=True)),
            ],
            options={"table": "plan", "app": "tm", "pk_attr": "id"},
            bases=["Model"],
        ),
        ops.CreateModel(
            name="ScheduleRow",
            fields=[
                (
                    "id",
                    fields.BigIntField(
                        generated=True, primary_key=True, unique=True, db_index=True
                    ),
                ),
                ("name", fields.TextField(unique=False)),
                ("cron", fields.TextField(unique=False)),
                ("zone", fields.TextField(unique=False)),
                ("overlap", fields.TextField(unique=False)),
                ("catch_up_minutes", fields.IntField()),
                ("template", fields.TextField(unique=False)),
                ("paused", fields.BooleanField(db_default=False)),
                ("cursor_at", fields.BigIntField()),
                ("created_at", fields.BigIntField()),
            ],
            options={"table": "schedule", "app": "tm", "pk_attr": "id"},
            bases=["Model"],
        ),
        ops.CreateModel(
            name="ScheduleRunRow",
            fields=[
                (
                    "id",
                    fields.BigIntField(
                        generated=True, primary_key=True, unique=True, db_index=True
                    ),
                ),
                ("schedule_id", fields.BigIntField()),
                ("due_at", fields.BigIntField(null=True)),
                ("at", fields.BigIntField()),
                ("outcome", fields.TextField(unique=False)),
                ("task_ids", fields.TextField(db_default="[]", unique=False)),
                ("remark", fields.TextField(db_default="", unique=False)),
            ],
            options={
                "table": "schedule_run",
                "app": "tm",
                "unique_together": (("schedule_id", "due_at"),),
                "indexes": [Index(fields=["schedule_id", "id"], name="ix_schedule_run")],
                "pk_attr": "id",
                "table_description": "What became of one time of a schedule: the unique pair makes a second run impossible.",
            },
            bases=["Model"],
        ),
        ops.AddField(
            model_name="EventRow",
            name="schedule_id",
            field=fields.BigIntField(null=True),
        ),
    ]
