"""Connexion, imported in one place."""

import warnings

with warnings.catch_warnings():
    # connexion imports starlette's test client, which warns where httpx is installed; a user can do nothing about it
    warnings.simplefilter("ignore")
    from connexion import AsyncApp
    from connexion import request as connexion_request
    from connexion.datastructures import MediaTypeDict
    from connexion.exceptions import InvalidSpecification, OAuthProblem
    from connexion.lifecycle import ConnexionRequest, ConnexionResponse
    from connexion.options import SwaggerUIOptions
    from connexion.security import NO_VALUE
    from connexion.security import AbstractSecurityHandler as SecurityHandler

__all__ = [
    "NO_VALUE",
    "AsyncApp",
    "ConnexionRequest",
    "ConnexionResponse",
    "InvalidSpecification",
    "MediaTypeDict",
    "OAuthProblem",
    "SecurityHandler",
    "SwaggerUIOptions",
    "connexion_request",
]
