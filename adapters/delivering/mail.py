"""E-mail by SMTP: the second way for everybody on a ladder, and the first where no chat channel is set up."""

from __future__ import annotations

import asyncio
import smtplib
import ssl
from concurrent.futures import ThreadPoolExecutor
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime, localtime

from adapters.delivering.sender import UndeliveredError
from bot.knowledge import Person
from bot.service.letters import Letter
from bot.settings import Mail

_PATIENCE = 10.0  # seconds for each answer of the server
_AT_ONCE = 16  # letters on their way at the same time


class MailWay:
    """Letters by e-mail. A repeat carries the same Message-ID, so that a mailbox may show it once."""

    name = "e-mail"
    channel = "email"

    def __init__(self, mail: Mail) -> None:
        self._mail = mail
        self._threads = ThreadPoolExecutor(_AT_ONCE, "mail")

    def address_of(self, person: Person) -> str | None:
        """The address in school.yaml."""
        return person.email or None

    async def send(self, letter: Letter, to: str) -> None:
        """Hand the letter to the server. Raises UndeliveredError."""
        try:
            message = to_message(letter, to, self._mail.sender)
        except ValueError:
            raise UndeliveredError("this is not an e-mail address", permanent=True) from None
        await self._apart(message, to)

    async def look(self, to: str) -> None:
        """Ask the server whether it would take a letter to this address. Raises UndeliveredError."""
        await self._apart(None, to)

    async def _apart(self, message: EmailMessage | None, to: str) -> None:
        """In threads of its own: a mail server that says nothing must not keep anybody from logging a concern."""
        await asyncio.get_running_loop().run_in_executor(self._threads, self._hand_over, message, to)

    def _hand_over(self, message: EmailMessage | None, to: str) -> None:
        try:
            server = self._connected()
        except smtplib.SMTPAuthenticationError:
            raise UndeliveredError("the mail server refused the password in ASKFIRST_SMTP", permanent=True) from None
        except (smtplib.SMTPException, OSError) as fault:
            raise UndeliveredError(f"the mail server cannot be reached ({type(fault).__name__})") from None
        try:
            with server:
                self._say(server, message, to)
        except smtplib.SMTPRecipientsRefused as fault:
            code = next(iter(fault.recipients.values()))[0]
            raise UndeliveredError(f"the mail server refused the address ({code})", permanent=code >= 500) from None
        except smtplib.SMTPResponseException as fault:
            code = fault.smtp_code
            raise UndeliveredError(f"the mail server refused ({code})", permanent=code >= 500) from None
        except (smtplib.SMTPException, OSError) as fault:
            reason = f"the mail server broke off ({type(fault).__name__})"
            raise UndeliveredError(reason, uncertain=message is not None) from None

    def _say(self, server: smtplib.SMTP, message: EmailMessage | None, to: str) -> None:
        if message is not None:
            server.send_message(message, self._mail.sender, [to])
            return
        server.ehlo_or_helo_if_needed()
        _accepted(server.mail(self._mail.sender))
        _accepted(server.rcpt(to))
        server.rset()

    def _connected(self) -> smtplib.SMTP:
        mail = self._mail
        if mail.security == "tls":
            server: smtplib.SMTP = smtplib.SMTP_SSL(
                mail.host, mail.port, timeout=_PATIENCE, context=ssl.create_default_context()
            )
        else:
            server = smtplib.SMTP(mail.host, mail.port, timeout=_PATIENCE)
        if mail.security == "starttls":
            server.starttls(context=ssl.create_default_context())
        if mail.user:
            server.login(mail.user, mail.password)
        return server


def to_message(letter: Letter, to: str, sender: str) -> EmailMessage:
    """Letter -> e-mail in plain text."""
    message = EmailMessage()
    message["From"] = Address("AskFirst", addr_spec=sender)
    message["To"] = to
    message["Subject"] = letter.subject
    message["Date"] = format_datetime(localtime())
    message["Message-ID"] = f"<{letter.notice}@askfirst.{sender.partition('@')[2]}>"
    message["Auto-Submitted"] = "auto-generated"
    if letter.urgent:
        message["Importance"] = "high"
        message["X-Priority"] = "1"
    message.set_content(letter.text)
    return message


def _accepted(answer: tuple[int, bytes]) -> None:
    code, _ = answer
    if code >= 400:
        raise smtplib.SMTPResponseException(code, b"")
