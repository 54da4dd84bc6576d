"""What Streamlit's pages send to the server: which of it is heard, and what is left of it for one who is no longer welcome."""

from google.protobuf.message import DecodeError
from streamlit.proto.BackMsg_pb2 import BackMsg

_SAID = (None, "rerun_script", "app_heartbeat", "stop_script", "file_urls_request", "backend_operation_request")


def said_by_pages(data: bytes) -> bool:
    """Whether a page of ours says such things. Others are for a developer's machine: to clear everybody's cache, to run on each change of a file."""
    try:
        return BackMsg.FromString(data).WhichOneof("type") in _SAID
    except DecodeError:
        return True  # Streamlit refuses it itself


def bare(data: bytes) -> bytes:
    """The message as a plain run of the same page: no click, no text, no part of the page that runs alone, no file."""
    asked, plain = BackMsg(), BackMsg()
    try:
        asked.ParseFromString(data)
    except DecodeError:
        return data  # Streamlit refuses it itself
    plain.rerun_script.page_script_hash = asked.rerun_script.page_script_hash
    plain.rerun_script.page_name = asked.rerun_script.page_name
    plain.rerun_script.query_string = asked.rerun_script.query_string
    return plain.SerializeToString()
