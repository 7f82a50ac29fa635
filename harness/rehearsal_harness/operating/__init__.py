"""What an operator does around a service: check, set up, smoke, price.  One module per subject."""
