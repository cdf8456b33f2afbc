"""Texts of strangers that try to become markup, and the marks by which a test sees that they did not."""

TRICKS = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "' onmouseover='alert(1)' autofocus onfocus='alert(1)",
    "<svg/onload=alert(1)>",
    "javascript:alert(1)",
    "</pre></textarea></title><iframe srcdoc='<script>parent.alert(1)</script>'>",
    "{{ ''.__class__ }}{% raw %}",
)
"""Hostile texts for fields that others will look at."""


MADE = "main script, main img, main iframe, main svg:not(.chart), [onfocus], [onmouseover]"
"""Elements that no page of ours has, and the tricks would make."""
