"""Lists of everything there is."""

from tests.serving import served

ROOTS = """{ __schema { queryType { fields {
  name type { ofType { name } } args { type { kind } }
} } } }"""


async def test_every_list_is_answered_without_a_filter(database_url: str) -> None:
    async with served(database_url) as api:
        fields = (await api.ask(ROOTS))["__schema"]["queryType"]["fields"]
        lists = [
            field["name"]
            for field in fields
            if str((field["type"]["ofType"] or {}).get("name")).endswith("Connection")
            and all(argument["type"]["kind"] != "NON_NULL" for argument in field["args"])
        ]
        answers = [await api.ask(f"{{ {name} {{ totalCount nodes {{ __typename }} }} }}") for name in lists]

    assert len(lists) > 20
    assert all(answer[name]["totalCount"] >= 0 for name, answer in zip(lists, answers, strict=True))
