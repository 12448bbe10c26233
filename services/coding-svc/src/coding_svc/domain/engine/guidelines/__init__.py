"""The official guidelines for coding and reporting, as functions over findings; what they decide by is data beside them."""
