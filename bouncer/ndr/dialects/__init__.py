"""The dialects in which mail servers report, one module each; ``order`` lists them in the order in which they are tried."""
