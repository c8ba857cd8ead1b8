"""What /metrics says, as Prometheus' own parser reads it."""

from prometheus_client.parser import text_string_to_metric_families

from tests.serve.raw import client


async def figures(url: str) -> dict[tuple[str, ...], float]:
    """Every sample by its name and its labels' values."""
    async with client() as http:
        text = (await http.get(f"{url}/metrics")).text
    return {
        (sample.name, *(sample.labels[label] for label in sorted(sample.labels))): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }
