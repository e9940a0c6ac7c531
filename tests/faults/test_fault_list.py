from tests.faults.listing import README, written


def test_the_list_of_faults_names_every_test_and_counts_its_cases() -> None:
    assert README.read_text("utf-8") == written(), "run python -m tests.faults.listing"
