namespace Sync;

/// <summary>Why a text was not taken in as a value: a stable code of <see cref="ErrorCodes"/>, a sentence, and the byte at which it was noticed.</summary>
public sealed record JsonFault(string Code, string Message, long Position = 0);

/// <summary>Thrown by the throwing twins of the parsers, where the text comes from the program itself.</summary>
public sealed class JsonFaultException(JsonFault fault) : FormatException(fault.Message)
{
    public JsonFault Fault { get; } = fault;
}
