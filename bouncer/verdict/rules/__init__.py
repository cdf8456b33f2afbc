"""The rules of classification, as data; ``order`` lists them in the order in which they are tried."""
