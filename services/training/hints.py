"""The tasks of training that are asked to look as soon as a transaction is through, by the name that ``worker`` gives them."""

OFFER_PLACES = "training.offer_places"
