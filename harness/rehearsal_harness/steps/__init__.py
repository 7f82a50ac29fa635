"""The Gherkin vocabulary: each step is one line that adds to the story; one file per noun."""
