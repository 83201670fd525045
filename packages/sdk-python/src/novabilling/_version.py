from importlib.metadata import version

__version__ = version("novabilling")
USER_AGENT = f"novabilling-python/{__version__}"
