"""Labels on real containers: Traefik's forms of them, mistakes in them, and who shares a service."""
import docker
from expect import expect, expect_equal, wait_for
from http_client import get
from registry import case
from stacks import Lab, port, rule


@case("a typo in one label: the rest is alive, and the Problem is in /api/status", Lab)
def typo(lab: Lab) -> None:
    neighbour = lab.routed("neighbour")
    wrong = "traefik.http.services.typo.loadbalancer.sticky.cookie.htponly"
    name = lab.whoami("typo", rule("typo"), port("typo"), "traefik.http.services.typo.loadbalancer.sticky.cookie.name=typo", f"{wrong}=true")
    problem = lab.proxy.wait_problem("L001", name)
    expect_equal(problem["key"], wrong, "the key that it names")
    expect("httponly" in problem["fix"].lower(), f"the fix names no httpOnly: {problem['fix']!r}")
    expect(problem["inForce"], "it does not say what is in force")
    answer = lab.wait_answer("typo")
    expect_equal(answer.container, docker.short_id(name), "the container that answers")
    expect(answer.cookie("typo"), f"its cookie is lost: {answer.fields}")
    expect_equal(lab.get("neighbour").container, docker.short_id(neighbour), "the neighbour")


@case("a typo on a router: that router is 503, its neighbours are alive", Lab)
def typo_on_router(lab: Lab) -> None:
    name = lab.whoami("guarded", rule("guarded"), rule("open"), port("guarded"), "traefik.http.routers.guarded.midlewares=auth")
    lab.proxy.wait_problem("L001", name)
    # What was meant to guard it is not there: nothing broken may widen access.
    lab.wait_answer("guarded", 503)
    lab.wait_answer("open", 200)


@case("a middleware that nobody defines: 503 and a Problem, until it is defined", Lab)
def unknown_middleware(lab: Lab) -> None:
    name = lab.whoami("waits", rule("waits"), port("waits"), "traefik.http.routers.waits.middlewares=later")
    problem = lab.proxy.wait_problem("R002")
    expect("later" in problem["text"] + problem["key"], f"it is not named: {problem}")
    lab.wait_answer("waits", 503)
    lab.whoami("definer", "traefik.http.middlewares.later.sticky.cookie.name=later")
    answer = lab.wait_answer("waits", 200)
    expect_equal(answer.container, docker.short_id(name), "the container that answers")


@case("an unreadable rule: a Problem with the place, neighbours are alive", Lab)
def bad_rule(lab: Lab) -> None:
    name = lab.whoami("badrule", "traefik.http.routers.badrule.rule=Host(`badrule.e2e`) && (Path(`/x`)", rule("goodrule"), port("badrule"))
    problem = lab.proxy.wait_problem("R001", name)
    expect("^" in problem["text"] or "^" in str(problem), f"no place is shown: {problem['text']!r}")
    lab.wait_answer("goodrule", 200)


@case("the service's form of the sticky labels, with all attributes", Lab)
def service_form(lab: Lab) -> None:
    base = "traefik.http.services.form.loadbalancer.sticky.cookie."
    labels = (rule("form"), port("form"), base + "name=form", base + "secure=true", base + "httpOnly=true", base + "sameSite=Strict",
              base + "maxAge=60", base + "path=/app", base + "domain=e2e")
    both = [lab.whoami(f"form-{i}", *labels) for i in (1, 2)]
    for name in both:
        lab.proxy.wait_state(docker.short_id(name), "ready")
    answers = [lab.get("form") for _ in range(6)]
    expect_equal({each.container for each in answers}, {docker.short_id(name) for name in both}, "containers that answer")
    value = answers[0].cookie("form")
    wanted = f"form={value}; Path=/app; Domain=e2e; Max-Age=60; HttpOnly; Secure; SameSite=Strict"
    expect_equal(answers[0].all("Set-Cookie"), [wanted], "Set-Cookie")
    for _ in range(10):
        again = lab.get("form", cookie=f"form={value}")
        expect_equal((again.container, again.all("Set-Cookie")), (answers[0].container, []), "container and Set-Cookie with the cookie")


@case("sticky.cookie=true: Traefik's generated name", Lab)
def generated_name(lab: Lab) -> None:
    lab.routed("whoami", "traefik.http.services.whoami.loadbalancer.sticky.cookie=true")
    lines = lab.get("whoami").all("Set-Cookie")
    # SHA-1 of _TRAEFIK_BACKEND_whoami@docker, as Traefik gives it.
    expect(len(lines) == 1 and lines[0].startswith("_633ff="), f"Set-Cookie: {lines}")


@case("without labels a container is reached by its name", Lab)
def default_rule(lab: Lab) -> None:
    name = lab.whoami("plain")
    answer = wait_for("an answer", lambda: (found := get(lab.web, name)).status == 200 and found, 10)
    expect_equal(answer.container, docker.short_id(name), "the container that answers")


@case("traefik.enable=false keeps a container out", Lab)
def not_enabled(lab: Lab) -> None:
    lab.whoami("hidden", "traefik.enable=false", rule("hidden"), port("hidden"))
    lab.routed("seen")
    expect_equal(lab.get("hidden").status, 404, "a request for it")


@case("routers to the same endpoints of which one is sticky: the pitfall is named", Lab)
def partly_sticky(lab: Lab) -> None:
    lab.routed("partly", rule("bypass"), "traefik.http.routers.partly.service=partly", "traefik.http.routers.bypass.service=partly",
               "traefik.http.routers.partly.middlewares=stick", "traefik.http.middlewares.stick.sticky.cookie.name=stick")
    problem = lab.proxy.wait_problem("S25")
    expect("traefik.http.routers.bypass.middlewares" in problem["fix"], f"the label to add is not given: {problem['fix']!r}")
