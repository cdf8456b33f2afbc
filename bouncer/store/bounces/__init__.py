"""Bounces: recording them in the commit of their letter, and listing them."""
