"""The images that the cases run: `mooring`, built by who calls, and `traefik/whoami`, made of it where there is none."""
import docker
from expect import Failed

PROXY = "mooring"
BASE = "debian:trixie-slim"  # of the Dockerfile
WHOAMI = "traefik/whoami"
RECIPE = f"""FROM {PROXY}
LABEL {docker.MARK}
HEALTHCHECK NONE
ENTRYPOINT ["mooring", "whoami"]
"""


class Images:
    """What is made here goes when the run ends; an image that somebody else has under the name is used as it is."""

    def __init__(self) -> None:
        self.made = False

    def __enter__(self) -> "Images":
        if not docker.image_exists(PROXY):
            raise Failed(f"there is no image {PROXY}: docker build -t {PROXY} .")
        if not docker.image_exists(WHOAMI):
            docker.run(["docker", "build", "-q", "-t", WHOAMI, "-"], input=RECIPE)
            self.made = True
        return self

    def __exit__(self, *_: object) -> None:
        if self.made:
            docker.run(["docker", "rmi", WHOAMI], check=False)
