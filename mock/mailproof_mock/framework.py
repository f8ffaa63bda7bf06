"""Connexion, imported in one place."""

import warnings

with warnings.catch_warnings():
    # connexion imports starlette's test client, which warns where httpx is installed; a user can do nothing about it
    warnings.simplefilter("ignore")
    from connexion import AsyncApp
    from connexion.lifecycle import ConnexionRequest, ConnexionResponse
    from connexion.middleware import MiddlewarePosition, SpecMiddleware
    from connexion.options import SwaggerUIOptions
    from connexion.security import BasicSecurityHandler
    from connexion.spec import Specification

__all__ = [
    "AsyncApp",
    "BasicSecurityHandler",
    "ConnexionRequest",
    "ConnexionResponse",
    "MiddlewarePosition",
    "SpecMiddleware",
    "Specification",
    "SwaggerUIOptions",
]
