"""What all tests share; servers start only when a test asks for one."""

pytest_plugins = ["tests.support.oidc", "tests.support.servers", "tests.support.stacks"]
