"""A chat model behind any endpoint that speaks OpenAI's interface, asked for names of topics."""

from __future__ import annotations

import httpx

from voc_mining.errors import EngineTrouble

_CONNECTING_AGAIN = 2
_LONGEST_ANSWER = 60


class ChatNamer:
    """Asks a chat model; deterministic so far as the endpoint is (temperature 0, a seed).

    Parameters
    ----------
    url : str
        Base of the endpoint, such as ``http://localhost:8000/v1``.
    model : str
        Model to ask.
    key : str
        Sent as bearer token; empty sends none.
    timeout_s : float
        Patience with one answer, seconds.
    """

    def __init__(self, url: str, model: str, *, key: str = "", timeout_s: float = 30.0) -> None:
        self._url = f"{url.rstrip('/')}/chat/completions"
        self._model = model
        self._headers = {"Authorization": f"Bearer {key}"} if key else {}
        self._timeout_s = timeout_s

    @property
    def name(self) -> str:
        """Model and where it is asked."""
        return f"{self._model}@{self._url}"

    def answer(self, instruction: str, question: str) -> str:
        """Ask once, connecting again where there is no connection.

        Raises
        ------
        EngineTrouble
            If the endpoint is not reached, refuses, takes too long, or answers something else than its interface says.
        """
        asked = {
            "model": self._model,
            "temperature": 0,
            "seed": 0,
            "max_tokens": _LONGEST_ANSWER,
            "messages": [
                {"role": "system", "content": instruction.strip()},
                {"role": "user", "content": question.strip()},
            ],
        }
        transport = httpx.HTTPTransport(retries=_CONNECTING_AGAIN)
        try:
            with httpx.Client(transport=transport, timeout=self._timeout_s, headers=self._headers) as client:
                response = client.post(self._url, json=asked)
                response.raise_for_status()
                return str(response.json()["choices"][0]["message"]["content"] or "")
        except (httpx.HTTPError, ValueError, LookupError, TypeError) as trouble:
            raise EngineTrouble(f"no name from {self._url}: {type(trouble).__name__}") from trouble
