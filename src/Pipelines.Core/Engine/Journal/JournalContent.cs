using System.Text.Json;

namespace Pipelines.Core.Engine.Journal;

/// <summary>What a journal holds.</summary>
/// <param name="Records">Its whole records, the oldest first.</param>
/// <param name="Length">How many bytes they have: what stands behind is a torn tail.</param>
/// <param name="Checksum">The checksum of the last of them, which the next one goes on from.</param>
/// <param name="TornBytes">How many bytes the torn tail has; 0 where the last record is whole.</param>
internal sealed record JournalContent(IReadOnlyList<JsonElement> Records, long Length, uint Checksum, long TornBytes);
