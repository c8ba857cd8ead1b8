"""Posts of several files."""

from tortoise import fields, migrations
from tortoise.migrations import operations as ops


class Migration(migrations.Migration):
    dependencies = [("tm", "m0003_paused")]
    operations = [
        ops.AddField(
            model_name="TaskRow", name="more", field=fields.TextField(db_default="[]", unique=False)
        ),
    ]
