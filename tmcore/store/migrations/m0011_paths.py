"""Unproven paths: which version of which app they were walked on, and who confirmed them when."""

from tortoise import fields, migrations
from tortoise.migrations import operations as ops

ID = fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)


class Migration(migrations.Migration):
    dependencies = [("tm", "m0003_paused")]
    operations = [
        ops.CreateModel(
            name="AppPathRow",
            fields=[
                ("id", ID),
                ("package", fields.CharField(max_length=255)),
                ("version", fields.CharField(max_length=64)),
                ("path", fields.CharField(max_length=64)),
                ("task_id", fields.BigIntField(null=True)),
                ("walked_at", fields.BigIntField(null=True)),
                ("confirmed_at", fields.BigIntField(null=True)),
            ],
            options={
                "table": "app_path",
                "app": "tm",
                "unique_together": (("package", "version", "path"),),
                "pk_attr": "id",
                "table_description": "An unproven path of an app's version: walked, confirmed.",
            },
            bases=["Model"],
        ),
    ]
