"""Answers questions about tides: a model chooses the tool, the tools know the numbers."""

import os

from a2a.server.agent_execution import AgentExecutor, RequestContext
from a2a.server.events import EventQueue
from a2a.utils import new_agent_text_message
from langchain_openai import ChatOpenAI
from langgraph.prebuilt import create_react_agent

from tides import tide_table
from wind_lookup import wind_lookup
# [nasiko:imports]

INSTRUCTIONS = "Answer questions about tides and wind. Use the tools for every number. The usual harbour is {harbour}."


class TideAgent(AgentExecutor):
    """Runs one question through the model and its tools."""

    def __init__(self) -> None:
        harbour = os.environ.get("HARBOUR", "port-example")
        tools = [
            tide_table,
            wind_lookup,
            # [nasiko:tools]
        ]
        model = ChatOpenAI(model="gpt-4.1-mini", temperature=0)
        self.graph = create_react_agent(model, tools, prompt=INSTRUCTIONS.format(harbour=harbour))

    async def execute(self, context: RequestContext, event_queue: EventQueue) -> None:
        question = {"messages": [("user", context.get_user_input())]}
        answer = await self.graph.ainvoke(question)
        await event_queue.enqueue_event(new_agent_text_message(answer["messages"][-1].content))

    async def cancel(self, context: RequestContext, event_queue: EventQueue) -> None:
        raise NotImplementedError("questions are answered at once")
