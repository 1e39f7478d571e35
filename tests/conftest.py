import os

from hypothesis import settings

# In CI the same examples every time: what a new one finds is for whoever runs the tests at a desk.
settings.register_profile("ci", derandomize=True)
if os.environ.get("CI"):
    settings.load_profile("ci")
